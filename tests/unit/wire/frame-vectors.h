/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include <genos/wire/channel-assembler.h>
#include <genos/wire/hex.h>

#include "vectors.h"

static inline GBytes *
vector_bytes (const char *hex) {
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (size + 1);

  g_assert_true (genos_hex_decode (hex, data, size));
  return g_bytes_new_take (data, size);
}

/* The binary and string values that the vectors describe in words. */
static inline GBytes *
vector_formula (const char *formula) {
  gsize size = strstr (formula, "40000") != NULL ? 40000 : strstr (formula, "511") ? 511 : 512;
  guint8 *data = g_malloc (size);
  double x = 1;

  for (gsize i = 0; i < size; i++) {
    if (g_str_has_prefix (formula, "byte i")) {
      data[i] = (guint8) (7 * i + (i >> 8));
    } else if (g_str_has_prefix (formula, "\"a\" x")) {
      data[i] = 'a';
    } else {
      g_assert_true (g_str_has_prefix (formula, "40000 chars; x=1;"));
      x = (double) ((guint64) (x * 1103515245.0 + 12345.0) & 0x7fffffff);
      data[i] = (guint8) (33 + ((guint) x >> 16) % 90);
    }
  }
  return g_bytes_new_take (data, size);
}

/* What a string or binary vector holds; NULL for JSON, whose text is the browser's. */
static inline GBytes *
vector_value (JsonObject *expect) {
  const char *kind = json_object_get_string_member (expect, "kind");

  if (g_str_equal (kind, "json"))
    return NULL;
  if (json_object_has_member (expect, "formula"))
    return vector_formula (json_object_get_string_member (expect, "formula"));
  if (json_object_has_member (expect, "hex"))
    return vector_bytes (json_object_get_string_member (expect, "hex"));
  return g_bytes_new (json_object_get_string_member (expect, "value"),
      strlen (json_object_get_string_member (expect, "value")));
}

static inline GenosChannelFrame
vector_frame (GBytes *bytes) {
  g_autoptr (GError) error = NULL;
  GenosChannelFrame frame;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_true (genos_channel_frame_parse (data, size, &frame, &error));
  g_assert_no_error (error);
  return frame;
}

/* Pushes all frames of one message; none but the last may complete it. */
static inline GenosAssembledMessage *
vector_assemble (GenosChannelAssembler *assembler, GPtrArray *frames) {
  GenosAssembledMessage *message = NULL;

  for (guint i = 0; i < frames->len; i++) {
    GenosChannelFrame frame = vector_frame (g_ptr_array_index (frames, i));
    g_autoptr (GError) error = NULL;

    g_assert_true (genos_channel_assembler_push (assembler, &frame, &message, NULL, &error));
    g_assert_no_error (error);
    g_assert_true ((message != NULL) == (i + 1 == frames->len));
  }
  return message;
}

static inline GPtrArray *
vector_frames (JsonArray *hex) {
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < json_array_get_length (hex); i++)
    g_ptr_array_add (frames, vector_bytes (json_array_get_string_element (hex, i)));
  return frames;
}
