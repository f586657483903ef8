/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Has the room told how loud the decoded sound of @track is that leaves through @pad, where the track's
 * packets do not say so themselves. Sound in a form that is not known is left alone. */
void gst_genos_audio_meter_watch (GstPad *pad, GenosRemoteTrack *track);

/* The mean power of samples, 0 to 1, of full scale squared. */
double gst_genos_audio_meter_get_power (const gint16 *samples, gsize n);

G_END_DECLS
