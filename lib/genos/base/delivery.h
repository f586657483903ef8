/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include <genos/base/macros.h>

G_BEGIN_DECLS

/**
 * GenosPriority:
 * @GENOS_PRIORITY_LOW: what may wait, as files
 * @GENOS_PRIORITY_NORMAL: the default
 * @GENOS_PRIORITY_HIGH: what somebody waits for, as control
 *
 * Which of the messages that wait for the same peer leave first.
 *
 * As long as a higher one waits, a lower one gets one frame (16 KiB) in seventeen, so that
 * nothing waits for ever. Channels of one priority take turns, frame by frame.
 */
typedef enum {
  GENOS_PRIORITY_LOW,
  GENOS_PRIORITY_NORMAL,
  GENOS_PRIORITY_HIGH,
} GenosPriority;

GENOS_API
GType genos_priority_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_PRIORITY (genos_priority_get_type ())

/**
 * GenosOverflow:
 * @GENOS_OVERFLOW_FAIL: the new message is refused with %GENOS_ERROR_LIMIT
 * @GENOS_OVERFLOW_DROP_OLDEST: the oldest of the channel that has not begun to
 *   leave is dropped for it, as often as it takes; for telemetry, where only the
 *   latest counts
 * @GENOS_OVERFLOW_WAIT: the new message waits for room; whoever sends waits with
 *   it. Only [method@Channel.send_async] can wait; [method@Channel.send] fails
 *
 * What happens to a message when too much of its channel waits for a peer
 * already.
 */
typedef enum {
  GENOS_OVERFLOW_FAIL,
  GENOS_OVERFLOW_DROP_OLDEST,
  GENOS_OVERFLOW_WAIT,
} GenosOverflow;

GENOS_API
GType genos_overflow_get_type (void) G_GNUC_CONST;
#define GENOS_TYPE_OVERFLOW (genos_overflow_get_type ())

G_END_DECLS
