package io.facepipeline.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Events about files. */
final class FileEvents {
  private FileEvents() {}

  @Name("io.facepipeline.Download")
  @Label("Download Model")
  @Description("A model's file was fetched; the bytes are those that arrived this time")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Download extends WorkEvent {
    @Label("File")
    String file = "";

    @Label("Received")
    @DataAmount
    long bytes;

    @Override
    void fill(RecordedWork work) {
      file = work.by;
      bytes = work.bytes;
    }
  }

  @Name("io.facepipeline.GalleryWrite")
  @Label("Write Gallery")
  @Description("A change of a gallery was written to its folder and forced to the disk")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class GalleryWrite extends WorkEvent {
    @Label("Faces Added")
    int faces;

    @Label("Written")
    @DataAmount
    long bytes;

    @Override
    void fill(RecordedWork work) {
      faces = work.faces;
      bytes = work.bytes;
    }
  }
}
