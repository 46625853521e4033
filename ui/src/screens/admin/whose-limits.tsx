// Whose limits are to be set: one person's, on all of their devices together or on one of them.

import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceList, LimitsPage, UserInfo } from '@/generated/wire';
import { relativeTime } from '@/i18n/relative-time';
import { Failure } from '@/parts/failure';
import { Select } from '@/parts/select';
import { useLoaded } from '@/parts/use-loaded';
import { ask } from '@/state/api';

/** No device has this id: all of them. */
const ALL = 'all';

interface Props {
  page: LimitsPage;
  users: readonly UserInfo[];
  userId: string | null;
  deviceId: string | null;
  onChoose: (userId: string, deviceId: string | null) => void;
}

export function WhoseLimits({ page, users, userId, deviceId, onChoose }: Props) {
  const { t } = useTranslation();
  const own = limited(page, users);
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-2 sm:grid-cols-2 sm:gap-x-5">
        <Select
          label={t('admin.limits.person')}
          value={userId ?? ''}
          onValueChange={(chosen) => onChoose(chosen, null)}
          placeholder={t('admin.limits.choosePerson')}
          options={[...users].sort((a, b) => a.name.localeCompare(b.name)).map((user) => ({ value: user.userId, label: user.name }))}
        />
        {userId === null ? null : (
          <Device key={userId} page={page} userId={userId} deviceId={deviceId} onChoose={(device) => onChoose(userId, device)} />
        )}
      </div>
      {own.length === 0 ? null : (
        <ul aria-label={t('admin.limits.own')} className="flex flex-wrap gap-1.5">
          {own.map(({ user, of, devices }) => (
            <li key={`${of} ${user.userId}`}>
              <button
                type="button"
                aria-pressed={user.userId === userId && (of === 'device') === (deviceId !== null)}
                onClick={() => onChoose(user.userId, devices[0] ?? null)}
                className="min-h-7 rounded-full pointer-coarse:min-h-touch bg-wash px-3 text-sm text-ink-soft hover:bg-wash-strong hover:text-ink aria-pressed:bg-wash-strong aria-pressed:text-ink"
              >
                {of === 'user' ? user.name : t('admin.limits.onDevices', { name: user.name, count: devices.length })}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface Limited {
  user: UserInfo;
  of: 'user' | 'device';
  /** Those of their devices that have limits; none where the limits are the person's. */
  devices: string[];
}

/** Who has limits of their own, and who has some on a device. */
function limited(page: LimitsPage, users: readonly UserInfo[]): Limited[] {
  const byName = [...users].sort((a, b) => a.name.localeCompare(b.name));
  return byName.flatMap((user) => {
    const levels = page.limits.filter((one) => one.userId === user.userId);
    const devices = levels.flatMap(({ deviceId }) => deviceId ?? []);
    const all: Limited[] = [];
    if (levels.some(({ of }) => of === 'user')) all.push({ user, of: 'user', devices: [] });
    if (devices.length > 0) all.push({ user, of: 'device', devices });
    return all;
  });
}

interface DeviceProps {
  page: LimitsPage;
  userId: string;
  deviceId: string | null;
  onChoose: (deviceId: string | null) => void;
}

function Device({ page, userId, deviceId, onChoose }: DeviceProps) {
  const { t } = useTranslation();
  const load = useCallback(async () => (await ask<DeviceList>('GET', `/api/users/${userId}/devices`)).devices, [userId]);
  const { data, error, reload } = useLoaded(load);
  if (data === null && error !== null) return <Failure error={error} onRetry={() => void reload()} />;
  const limited = new Set(page.limits.map((one) => one.deviceId));
  // Devices of one kind bear one name: the time of their last use tells them apart.
  const devices = (data ?? []).map(({ deviceId: value, name, usedAt }) => ({
    value,
    label: `${limited.has(value) ? t('admin.limits.limited', { name }) : name} · ${relativeTime(usedAt)}`,
  }));
  return (
    <Select
      label={t('admin.limits.device')}
      value={deviceId ?? ALL}
      onValueChange={(chosen) => onChoose(chosen === ALL ? null : chosen)}
      disabled={devices.length === 0}
      options={[{ value: ALL, label: t('admin.limits.allDevices') }, ...devices]}
    />
  );
}
