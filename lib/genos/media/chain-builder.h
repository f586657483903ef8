/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/* A chain of elements as gst-launch writes it, under construction; remembers the first
 * element that is not there. */
typedef struct {
  GString *text;
  GError *error;
} GenosChainBuilder;

#define GENOS_CHAIN_INIT                                                                           \
  {                                                                                                \
    g_string_new (NULL), NULL                                                                      \
  }

/* Caps, or an element that is known to be there. */
void
genos_chain_builder_add (GenosChainBuilder *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* @package: where the element comes from, for the message; @properties: "a=1 b=2" */
void genos_chain_builder_add_element (
    GenosChainBuilder *self, const char *factory, const char *package, const char *properties);

/* Notes that something is missing, or that it will not do, if nothing was before. */
void genos_chain_builder_lack (GenosChainBuilder *self, const char *factory, const char *package);
void genos_chain_builder_fail (GenosChainBuilder *self, const char *message);

/* The text, or NULL and what was missing. (transfer full) */
char *genos_chain_builder_end (GenosChainBuilder *self, GError **error);

G_END_DECLS
