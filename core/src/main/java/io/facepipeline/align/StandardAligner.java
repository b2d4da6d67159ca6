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

  /** The map from a face's crop to the photo. */
  public static AffineMatrix toPhoto(Image image, Face face, CropSpec spec) {
    int width = spec.width();
    int height = spec.height();
    CropSpec.Rule rule = spec.rule();
    if (rule instanceof CropSpec.Rule.Template template) {
      return LandmarkFit.toTemplate(face.landmarks(), template).inverse();
    } else if (rule instanceof CropSpec.Rule.EyesAndMouth eyes) {
      return LandmarkFit.eyesAndMouth(face.landmarks(), eyes, width).inverse();
    } else if (rule instanceof CropSpec.Rule.Margin margin) {
      return MarginCrop.toPhoto(image, face.box(), margin.margin(), width, height);
    } else if (rule instanceof CropSpec.Rule.ScaledBox box) {
      return ScaledBoxCrop.toPhoto(image, face.box(), box, width, height);
    }
    throw new AssertionError(rule);
  }

  @Override
  public String toString() {
    return "standard aligner";
  }
}
