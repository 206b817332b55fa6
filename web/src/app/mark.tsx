/** The mark: a handset on its hook. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden style={{ flex: 'none' }}>
      <rect width="32" height="32" rx="9" fill="#147f5f" />
      <path
        d="M6.5 12.2c0-2.3 4.3-4.2 9.5-4.2s9.5 1.9 9.5 4.2v1.5c0 .8-.7 1.4-1.5 1.3l-2.7-.4c-.7-.1-1.2-.7-1.2-1.4v-1.1c-1.2-.4-2.6-.6-4.1-.6s-2.9.2-4.1.6v1.1c0 .7-.5 1.3-1.2 1.4l-2.7.4c-.8.1-1.5-.5-1.5-1.3z"
        fill="#fff"
      />
      <path d="M16 14.5v5.2a3 3 0 1 0 6 0" fill="none" stroke="#aedecd" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  )
}
