package io.facepipeline.align;

import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.Image;
import java.nio.ByteBuffer;

/** Cuts crops by every {@link CropSpec.Rule}. */
public final class StandardAligner implements FaceAligner {
  public static final StandardAligner INSTANCE = new StandardAligner();

  private StandardAligner() {}

  @Override
  public void align(Image image, Face face, CropSpec spec, ByteBuffer rgb) {
    if (rgb.remaining() < spec.bytes()) {
      throw new IllegalArgumentException(
          "a crop of "
              + spec
              + " needs "
              + spec.bytes()
              + " bytes, but the buffer has room for "
              + rgb.remaining());
    }
    CropSpec.Rule rule = spec.rule();
    if (rule instanceof CropSpec.Rule.Template template) {
      AffineMatrix m = LandmarkFit.toTemplate(face.landmarks(), template);
      AffineWarp.warp(image, m, spec.width(), spec.height(), rgb);
    } else if (rule instanceof CropSpec.Rule.EyesAndMouth eyes) {
      AffineMatrix m = LandmarkFit.eyesAndMouth(face.landmarks(), eyes, spec.width());
      AffineWarp.warp(image, m, spec.width(), spec.height(), rgb);
    } else if (rule instanceof CropSpec.Rule.Margin margin) {
      MarginCrop.cut(image, face.box(), margin.margin(), spec.width(), spec.height(), rgb);
    } else if (rule instanceof CropSpec.Rule.ScaledBox box) {
      ScaledBoxCrop.cut(image, face.box(), box, spec.width(), spec.height(), rgb);
    } else {
      throw new AssertionError(rule);
    }
  }

  @Override
  public String toString() {
    return "standard aligner";
  }
}
