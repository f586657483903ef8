/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <genos/transport/rtp/delay-trend.h>

G_BEGIN_DECLS

/* How much one peer can take, from what is known of the packets that were sent to it: after the idea
 * of draft-ietf-rmcat-gcc-02 (a bound by the growth of queues, a bound by loss, less at once and more
 * slowly). docs/design/rate-control.md says where it differs. Pure: all times are passed in, µs, those
 * of the receiver of a clock of its own. Not thread-safe.
 *
 * Until the path has shown a bound there is none: a path that carries what is sent is never the
 * reason to send less. */
typedef struct _GenosRateEstimator GenosRateEstimator;

#define GENOS_RATE_UNBOUNDED G_MAXUINT
#define GENOS_RATE_MIN 20000 /* bit/s */

/* Bytes around an RTP packet: IPv4, UDP, and the tag of SRTP. */
#define GENOS_AROUND_PACKET (20 + 8 + 10)

typedef struct {
  gint64 sent;
  gint64 arrived; /* -1: it did not */
  guint size;     /* bytes */
} GenosPacketFate;

typedef struct {
  double loss;       /* share of what was sent since the last one, 0 to 1 */
  gint64 round_trip; /* µs, 0: unknown */
  guint sent_rate;   /* bit/s since the last one */
} GenosRateReport;

GenosRateEstimator *genos_rate_estimator_new (void);
void genos_rate_estimator_free (GenosRateEstimator *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GenosRateEstimator, genos_rate_estimator_free)

/* Transport-wide feedback, in the order of sending. @now: the sender's clock. */
void genos_rate_estimator_add_feedback (
    GenosRateEstimator *self, const GenosPacketFate *packets, guint n_packets, gint64 now);

/* A receiver report, for peers that give no such feedback; ignored from those that do. */
void genos_rate_estimator_add_report (
    GenosRateEstimator *self, const GenosRateReport *report, gint64 now);

/* Now and then while something is being sent: a path that has fallen silent carries nothing. */
void genos_rate_estimator_check_silence (GenosRateEstimator *self, gint64 now);

/* Now and then while nothing is: a little more may be tried after a while. */
void genos_rate_estimator_rest (GenosRateEstimator *self, gint64 now);

/* bit/s, or GENOS_RATE_UNBOUNDED. */
guint genos_rate_estimator_get_rate (GenosRateEstimator *self);

/* How far apart packets should leave at least, bit/s, so that they need not wait on the way; 0: it is no narrow one,
 * or unknown. */
double genos_rate_estimator_get_pace (GenosRateEstimator *self, gint64 now);

/* bit/s that arrived lately; 0: unknown. */
guint genos_rate_estimator_get_arriving (GenosRateEstimator *self);
double genos_rate_estimator_get_loss (GenosRateEstimator *self);
gint64 genos_rate_estimator_get_queue (GenosRateEstimator *self);
gint64 genos_rate_estimator_get_round_trip (GenosRateEstimator *self);
gboolean genos_rate_estimator_has_feedback (GenosRateEstimator *self);

G_END_DECLS
