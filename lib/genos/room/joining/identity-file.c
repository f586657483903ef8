/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/identity-file.h>
#include <genos/room/identity.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <genos/base/error.h>
#include <genos/crypto/random.h>
#include <genos/wire/hex.h>

#define HEX 64

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (GENOS_ERROR, GENOS_ERROR_INVALID_ARGUMENT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_file (int fd, const char *path, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    return fail (error, "identity-file '%s': %s", path, g_strerror (errno));
  if (!S_ISREG (status.st_mode))
    return fail (error, "identity-file '%s' is no file", path);
  if (status.st_uid != geteuid ())
    return fail (error, "identity-file '%s' belongs to another user: use one of your own", path);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail (error,
        "identity-file '%s' can be read by others, so that the key in it proves nothing: run "
        "chmod 600 on it, or better make a new one",
        path);
  return TRUE;
}

/* One byte more than is wanted shows that there is more. */
static gssize
read_all (int fd, char *buffer, gsize size)
{
  gsize got = 0;

  while (got < size) {
    ssize_t n = read (fd, buffer + got, size - got);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    got += (gsize) n;
  }
  return (gssize) got;
}

static GenosSchnorrKey *
parse (const char *path, char *text, gssize size, GError **error)
{
  GenosSchnorrKey *key = NULL;
  guint8 secret[32];

  while (size > HEX && g_ascii_isspace (text[size - 1]))
    size--;
  text[MAX (size, 0)] = '\0';
  if (size == HEX && genos_hex_decode (text, secret, sizeof secret))
    key = genos_schnorr_key_new_from_secret (secret, NULL);
  explicit_bzero (secret, sizeof secret);
  if (key == NULL)
    fail (error,
        "identity-file '%s' holds no key (64 of 0-9, a-f): remove it, and a new one is made", path);
  return key;
}

static GenosSchnorrKey *
load (int fd, const char *path, GError **error)
{
  char text[HEX + 16 + 1] = { 0 };
  GenosSchnorrKey *key = NULL;

  if (check_file (fd, path, error))
    key = parse (path, text, read_all (fd, text, sizeof text - 1), error);
  explicit_bzero (text, sizeof text);
  return key;
}

static gboolean
write_key (int fd)
{
  char text[HEX + 2] = { 0 };
  guint8 secret[32];
  gboolean written = FALSE;
  g_autoptr (GenosSchnorrKey) key = NULL;

  /* One draw in 2^128 is no key. */
  while (key == NULL) {
    genos_random_bytes (secret, sizeof secret);
    key = genos_schnorr_key_new_from_secret (secret, NULL);
  }
  genos_hex_encode (secret, sizeof secret, text);
  text[HEX] = '\n';
  written = write (fd, text, HEX + 1) == HEX + 1 && fsync (fd) == 0;
  explicit_bzero (secret, sizeof secret);
  explicit_bzero (text, sizeof text);
  return written;
}

/* Under a name of its own first: nobody ever finds half a key under @path. Somebody who is quicker
 * wins, and his key is read. */
static gboolean
make (const char *path, GError **error)
{
  g_autofree char *suffix = genos_random_id (8);
  g_autofree char *temporary = g_strconcat (path, ".", suffix, NULL);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean made;

  if (fd < 0)
    return fail (error, "identity-file '%s' cannot be made: %s", path, g_strerror (errno));
  made = write_key (fd);
  made = close (fd) == 0 && made;
  made = made && (link (temporary, path) == 0 || errno == EEXIST);
  if (!made)
    fail (error, "identity-file '%s' cannot be written: %s", path, g_strerror (errno));
  unlink (temporary);
  return made;
}

GenosSchnorrKey *
genos_identity_file_open (const char *path, GError **error)
{
  GenosSchnorrKey *key;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 && errno == ENOENT && make (path, error))
    fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  else if (fd < 0 && errno != ENOENT)
    fail (error, "identity-file '%s' cannot be opened: %s", path, g_strerror (errno));
  if (fd < 0) {
    if (error != NULL && *error == NULL)
      fail (error, "identity-file '%s' cannot be opened", path);
    return NULL;
  }
  key = load (fd, path, error);
  close (fd);
  return key;
}

/**
 * genos_identity_file_dup_key:
 * @path: the file, as in [property@Room:identity-file]
 * @error: return location for an error
 *
 * Gets the public key of an identity file, which is made when it is not there: what
 * others put into their [property@Room:allow-peers].
 *
 * Fails with %GENOS_ERROR_INVALID_ARGUMENT, saying what to do, when the file cannot
 * be made or read, when it is open to others, or holds no key.
 *
 * Returns: (transfer full): 64 hex digits
 */
char *
genos_identity_file_dup_key (const char *path, GError **error)
{
  g_autoptr (GenosSchnorrKey) key = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  key = genos_identity_file_open (path, error);
  return key != NULL ? g_strdup (genos_schnorr_key_get_pubkey (key)) : NULL;
}
