import { Button, Menu } from '@mantine/core'
import { IconAppWindow, IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { placementsQuery } from '../api/queries.ts'

/** Pages that apps have put beside the statistics (TELEPHONY_ANALYTICS_MENU); nothing when there are none. */
export function AppPagesMenu() {
  const { t } = useTranslation()
  const items = useQuery(placementsQuery('TELEPHONY_ANALYTICS_MENU')).data?.items ?? []
  if (items.length === 0) return null
  const groups = [...new Set(items.map((one) => one.groupName))]
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconAppWindow size={16} stroke={1.7} />}
          rightSection={<IconChevronDown size={14} stroke={1.7} />}
        >
          {t('history.appPages')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {groups.flatMap((group) => [
          group !== '' && <Menu.Label key={`group:${group}`}>{group}</Menu.Label>,
          ...items
            .filter((one) => one.groupName === group)
            .map((one) => (
              <Menu.Item
                key={one.id}
                title={one.description}
                renderRoot={(props) => <Link to="/calls/pages/$id" params={{ id: String(one.id) }} {...props} />}
              >
                {one.title}
              </Menu.Item>
            )),
        ])}
      </Menu.Dropdown>
    </Menu>
  )
}
