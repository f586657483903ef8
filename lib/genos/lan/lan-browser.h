/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include <genos/base/error.h>

G_BEGIN_DECLS

/* The relays that announce themselves on the local network, as they come and go. What it tells is the
 * claim of strangers: a bounded number of URLs of local addresses. Lives and emits on the thread-default
 * main context it was made in. */
#define GENOS_TYPE_LAN_BROWSER (genos_lan_browser_get_type ())
G_DECLARE_FINAL_TYPE (GenosLanBrowser, genos_lan_browser, GENOS, LAN_BROWSER, GObject)

/* Begins to look at once. */
GenosLanBrowser *genos_lan_browser_new (void);

/* Signals: ::found (url)   ::lost (url)   each URL once, until it is lost
 *          ::failed (GError *)            nothing can be found for now, and what to do about it */

G_END_DECLS
