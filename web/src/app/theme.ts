import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** The one accent: the green of a handset, deep enough for white text (4.5:1 from shade 6 on). */
const handset: MantineColorsTuple = ['#ecf8f4', '#d7efe7', '#aedecd', '#80ccb1', '#54b795', '#2f9f7b', '#147f5f', '#0f6b50', '#0b5741', '#074433']

const neutral: MantineColorsTuple = ['#f8f9f9', '#f1f3f3', '#e6e9e9', '#d8dcdc', '#bcc2c2', '#939b9b', '#6d7676', '#515959', '#363d3d', '#1f2424']

const night: MantineColorsTuple = ['#e4e8e8', '#b9c0c0', '#98a0a0', '#6f7878', '#4a5252', '#363c3d', '#2a2f30', '#1c2021', '#16191a', '#101213']

export const theme = createTheme({
  primaryColor: 'handset',
  primaryShade: { light: 6, dark: 4 },
  colors: { handset, gray: neutral, dark: night },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', Menlo, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 32 } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 1 }, transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Menu: { defaultProps: { transitionProps: { duration: 90 }, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps: { duration: 90 }, shadow: 'md' } },
    Select: { defaultProps: { comboboxProps: { shadow: 'md', transitionProps: { duration: 90 } } } },
    Button: { defaultProps: { size: 'sm', variant: 'filled' } },
  },
})

/** Our surfaces by name; every stylesheet of ours uses these and no colour of its own. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#ffffff',
    '--side': '#f6f7f7',
    '--raised': '#ffffff',
    '--line': '#e8ebeb',
    '--line-strong': '#d5dada',
    '--text': '#1b2020',
    '--text-quiet': '#5f6868',
    '--text-faint': '#7a8383',
    '--hover': '#f3f5f5',
    '--selected': '#e9edec',
    '--accent': '#147f5f',
    '--accent-strong': '#0f6b50',
    '--accent-soft': '#e8f5f0',
    '--on-accent': '#ffffff',
    '--alarm': '#b42318',
    '--alarm-soft': '#fdf1ef',
    '--caution': '#8a5a00',
    '--caution-soft': '#fdf6e5',
    '--shadow': '0 1px 2px rgb(20 30 30 / 6%), 0 8px 28px rgb(20 30 30 / 14%)',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b2020',
    '--mantine-color-dimmed': '#5f6868',
    '--mantine-color-placeholder': '#858d8d',
    '--mantine-color-default-border': '#d5dada',
    '--mantine-color-error': '#b42318',
  },
  dark: {
    '--page': '#17191a',
    '--side': '#111314',
    '--raised': '#1f2223',
    '--line': '#282c2d',
    '--line-strong': '#3a4041',
    '--text': '#e6e9e9',
    '--text-quiet': '#a1a9a9',
    '--text-faint': '#828b8b',
    '--hover': '#1e2122',
    '--selected': '#25292a',
    '--accent': '#54b795',
    '--accent-strong': '#72c9ab',
    '--accent-soft': '#17302a',
    '--on-accent': '#06231a',
    '--alarm': '#f2887d',
    '--alarm-soft': '#33201e',
    '--caution': '#e2b55a',
    '--caution-soft': '#2f2818',
    '--shadow': '0 1px 2px rgb(0 0 0 / 40%), 0 10px 32px rgb(0 0 0 / 50%)',
    '--mantine-color-body': '#17191a',
    '--mantine-color-text': '#e6e9e9',
    '--mantine-color-dimmed': '#a1a9a9',
    '--mantine-color-placeholder': '#767f7f',
    '--mantine-color-default-border': '#3a4041',
    '--mantine-color-error': '#f2887d',
  },
})
