interface UserAgentData {
  mobile?: boolean
}

/** A click counts as mobile when the person holds a phone: the browser says so, or it is a narrow screen with a finger. */
export function deviceOf(): 'desktop' | 'mobile' {
  const { userAgentData } = navigator as Navigator & { userAgentData?: UserAgentData }
  if (userAgentData?.mobile) return 'mobile'
  return window.matchMedia('(pointer: coarse) and (max-width: 640px)').matches ? 'mobile' : 'desktop'
}
