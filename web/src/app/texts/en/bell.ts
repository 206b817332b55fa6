/** Notes to a person. */
export const bell = {
  bell: {
    title: 'Notifications',
    open_one: 'Notifications, {{count}} unread',
    open_other: 'Notifications, {{count}} unread',
    openNone: 'Notifications',
    system: 'System',
    unread: 'Unread',
    markRead: 'Mark as read',
    readAll: 'Mark all as read',
    empty: 'Nothing yet. What your applications tell you stands here.',
    what: 'your notifications',
    newTab: 'opens in a new tab',
  },
}
