/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/nostr/nostr-event.h>

#include <string.h>

#include <genos/base/error.h>
#include <genos/wire/hex.h>

void
genos_nostr_event_sign (GenosNip01Event *event, GenosSchnorrKey *key)
{
  guint8 id32[32];
  guint8 sig64[64];

  g_return_if_fail (event != NULL);
  g_return_if_fail (key != NULL);

  g_strlcpy (event->pubkey, genos_schnorr_key_get_pubkey (key), sizeof event->pubkey);
  genos_nip01_event_hash (event, id32);
  genos_schnorr_key_sign (key, id32, NULL, sig64);
  genos_hex_encode (id32, sizeof id32, event->id);
  genos_hex_encode (sig64, sizeof sig64, event->sig);
}

gboolean
genos_nostr_event_verify (const GenosNip01Event *event, GError **error)
{
  guint8 id32[32];
  guint8 claimed32[32];
  guint8 pubkey32[32];
  guint8 sig64[64];

  g_return_val_if_fail (event != NULL, FALSE);

  genos_nip01_event_hash (event, id32);
  if (!genos_hex_decode (event->id, claimed32, sizeof claimed32)
      || memcmp (id32, claimed32, sizeof id32) != 0) {
    g_set_error_literal (
        error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "id does not match the event");
    return FALSE;
  }
  if (!genos_hex_decode (event->pubkey, pubkey32, sizeof pubkey32)
      || !genos_hex_decode (event->sig, sig64, sizeof sig64)
      || !genos_schnorr_verify (pubkey32, id32, sig64)) {
    g_set_error_literal (error, GENOS_ERROR, GENOS_ERROR_AUTHENTICATION, "bad signature");
    return FALSE;
  }
  return TRUE;
}
