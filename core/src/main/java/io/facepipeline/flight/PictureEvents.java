package io.facepipeline.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Events about a whole picture. */
final class PictureEvents {
  private PictureEvents() {}

  abstract static class PictureEvent extends WorkEvent {
    @Label("Width")
    int width;

    @Label("Height")
    int height;

    @Override
    void fill(RecordedWork work) {
      width = work.width;
      height = work.height;
    }
  }

  @Name("io.facepipeline.Read")
  @Label("Read Picture")
  @Description("A picture was decoded; its size is that of the upright picture")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Read extends PictureEvent {
    @Label("Encoded")
    @DataAmount
    long bytes;

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      bytes = work.bytes;
    }
  }

  @Name("io.facepipeline.Detect")
  @Label("Detect Faces")
  @Description("A picture was searched for faces")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Detect extends PictureEvent {
    @Label("Detector")
    String detector = "";

    @Label("Faces")
    int faces;

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      detector = work.by;
      faces = work.faces;
    }
  }
}
