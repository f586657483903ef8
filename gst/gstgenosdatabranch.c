/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatabranch.h"

#include "gstgenosdatasrcpad.h"

static const char *
get_template (GstElement *source)
{
  return "data_%u";
}

static GstPad *
make_pad (GstElement *source, const char *name, GstPadTemplate *templ, GstPad *target)
{
  return GST_PAD (gst_genos_data_src_pad_new (name, templ, GST_GENOS_DATA_SRC (source), target));
}

static void
resume (GstElement *source)
{
  gst_genos_data_src_resume (GST_GENOS_DATA_SRC (source));
}

static void
end (GstElement *source)
{
  gst_genos_data_src_end (GST_GENOS_DATA_SRC (source));
}

static void
set_latency (GstElement *source, GstClockTime latency)
{
  gst_genos_data_src_set_latency (GST_GENOS_DATA_SRC (source), latency);
}

GstGenosBranch *
gst_genos_data_branch_new (GstElement *owner, GstGenosDataSrc *source,
    GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended)
{
  static const GstGenosBranchFuncs funcs = { get_template, make_pad, resume, end, set_latency };

  return gst_genos_branch_new (
      owner, GST_ELEMENT (source), GST_ELEMENT (source), &funcs, make_name, ended);
}
