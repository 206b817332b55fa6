import { ActionIcon } from '@mantine/core'
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Call } from '../api/types.ts'
import { formatDuration } from './duration.ts'
import css from './recording-player.module.css'

type Recording = NonNullable<Call['recording']>

/** A recording in one line: play, seek, time, speed, download. Nothing is fetched before the first press. */
export function RecordingPlayer({ recording, label }: { recording: Recording; label: string }) {
  const { t } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [position, setPosition] = useState(0)
  const [known, setKnown] = useState<number | null>(null)
  const [speed, setSpeed] = useState(1)
  const [hasFailed, setFailed] = useState(false)
  const length = known ?? recording.durationSeconds ?? 0

  const toggle = () => {
    const player = audio.current
    if (!player) return
    if (!player.paused) return player.pause()
    setFailed(false)
    pauseOthers(player)
    player.play().catch(() => setFailed(true))
  }
  const seek = (seconds: number) => {
    setPosition(seconds)
    if (audio.current) audio.current.currentTime = seconds
  }
  const changeSpeed = () => {
    const next = speed === 1 ? 1.5 : speed === 1.5 ? 2 : 1
    setSpeed(next)
    if (audio.current) audio.current.playbackRate = next
  }

  return (
    <div className={css.player} role="group" aria-label={label}>
      <audio
        ref={audio}
        src={recording.url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onTimeUpdate={(event) => setPosition(event.currentTarget.currentTime)}
        onDurationChange={(event) => Number.isFinite(event.currentTarget.duration) && setKnown(event.currentTarget.duration)}
        onError={() => setFailed(true)}
        data-recording={recording.id}
      />
      <ActionIcon
        variant="filled"
        color="handset"
        radius="xl"
        size={28}
        onClick={toggle}
        aria-label={t(isPlaying ? 'call.recording.pause' : 'call.recording.play')}
      >
        {isPlaying ? <IconPlayerPauseFilled size={14} /> : <IconPlayerPlayFilled size={14} />}
      </ActionIcon>
      <input
        type="range"
        className={css.track}
        min={0}
        max={Math.max(length, 0.1)}
        step={0.1}
        value={Math.min(position, length)}
        style={{ '--played': `${length > 0 ? (Math.min(position, length) / length) * 100 : 0}%` } as React.CSSProperties}
        onChange={(event) => seek(event.currentTarget.valueAsNumber)}
        aria-label={t('call.recording.seek')}
        aria-valuetext={`${formatDuration(position)} / ${formatDuration(length)}`}
      />
      <span className={css.time}>
        {formatDuration(position)} / {formatDuration(length)}
      </span>
      <button type="button" className={css.speed} onClick={changeSpeed} aria-label={t('call.recording.speed', { speed })}>
        {speed}×
      </button>
      <ActionIcon component="a" href={recording.url} download={recording.filename} size={28} aria-label={t('call.recording.download')}>
        <IconDownload size={16} stroke={1.7} />
      </ActionIcon>
      {hasFailed && (
        <span className={css.failure} role="alert">
          {t('call.recording.failed')}
        </span>
      )}
    </div>
  )
}

function pauseOthers(player: HTMLAudioElement): void {
  for (const other of document.querySelectorAll('audio')) if (other !== player) other.pause()
}
