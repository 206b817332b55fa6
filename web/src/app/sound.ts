import { useLocalStorage } from '@mantine/hooks'

/** Whether the ring tone sounds in this browser. */
export function useSound(): { isOn: boolean; turn: (isOn: boolean) => void } {
  const [value, setValue] = useLocalStorage<'on' | 'off'>({ key: 'hookswitch.sound', defaultValue: 'on', getInitialValueInEffect: false })
  return { isOn: value === 'on', turn: (isOn) => setValue(isOn ? 'on' : 'off') }
}
