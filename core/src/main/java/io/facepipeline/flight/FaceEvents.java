package io.facepipeline.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Events about faces that were found. */
final class FaceEvents {
  private FaceEvents() {}

  abstract static class FaceEvent extends WorkEvent {
    @Label("Faces")
    int faces;

    @Override
    void fill(RecordedWork work) {
      faces = work.faces;
    }
  }

  @Name("io.facepipeline.Align")
  @Label("Align Faces")
  @Description("Faces were cut out of a picture")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Align extends FaceEvent {
    @Label("Crop Width")
    int width;

    @Label("Crop Height")
    int height;

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      width = work.width;
      height = work.height;
    }
  }

  @Name("io.facepipeline.Embed")
  @Label("Embed Faces")
  @Description("Crops were turned into embeddings")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Embed extends FaceEvent {
    @Label("Model")
    String model = "";

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      model = work.by;
    }
  }

  @Name("io.facepipeline.Classify")
  @Label("Classify Faces")
  @Description("Embeddings were compared with the people who are known")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Classify extends FaceEvent {
    @Label("Classifier")
    String classifier = "";

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      classifier = work.by;
    }
  }

  @Name("io.facepipeline.Attributes")
  @Label("Attributes of Faces")
  @Description("An attribute model looked at faces")
  @Category("FacePipeline")
  @StackTrace(false)
  static final class Attributes extends FaceEvent {
    @Label("Model")
    String model = "";

    @Override
    void fill(RecordedWork work) {
      super.fill(work);
      model = work.by;
    }
  }
}
