package io.facepipeline.align;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Image;
import java.nio.ByteBuffer;

/** The crop of {@link CropSpec.Rule.ScaledBox}. */
final class ScaledBoxCrop {
  private ScaledBoxCrop() {}

  static void cut(
      Image image, Box box, CropSpec.Rule.ScaledBox rule, int width, int height, ByteBuffer rgb) {
    AffineMatrix toPhoto = toPhoto(image, box, rule, width, height);
    AffineWarp.warp(image, toPhoto.inverse(), width, height, rgb);
  }

  /** The map from the crop to the photo. */
  static AffineMatrix toPhoto(
      Image image, Box box, CropSpec.Rule.ScaledBox rule, int width, int height) {
    double boxWidth = box.width();
    double boxHeight = box.height();
    double centerX = box.x1() + boxWidth / 2;
    double centerY = box.y1() + boxHeight / 2;
    if (!(boxWidth > 0
        && boxHeight > 0
        && centerX >= 0
        && centerY >= 0
        && centerX <= image.width()
        && centerY <= image.height())) {
      throw new AlignmentException(
          "the middle of the box "
              + box
              + " is not inside the "
              + image
              + ", so no crop can be cut");
    }
    if (rule.square()) {
      boxWidth = Math.max(boxWidth, boxHeight);
      boxHeight = boxWidth;
    }
    if (rule.padded()) {
      // As InsightFace maps it: the box's middle to the crop's, both counted in pixels' places.
      double stepX = boxWidth * rule.scale() / width;
      double stepY = boxHeight * rule.scale() / height;
      return new AffineMatrix(
          stepX, 0, centerX - stepX * width / 2, 0, stepY, centerY - stepY * height / 2);
    }
    double scale =
        Math.min(rule.scale(), Math.min(image.width() / boxWidth, image.height() / boxHeight));
    double w = boxWidth * scale;
    double h = boxHeight * scale;
    // Moved inside, not cut off: what the models saw in training is whole.
    double left = Math.max(0, Math.min(image.width() - w, centerX - w / 2));
    double top = Math.max(0, Math.min(image.height() - h, centerY - h / 2));
    double stepX = w / width;
    double stepY = h / height;
    // Pixels are squares whose middles correspond, as in OpenCV's resize. The outermost middles
    // may lie half a pixel outside where a crop is larger than its source.
    return new AffineMatrix(stepX, 0, left + stepX / 2 - 0.5, 0, stepY, top + stepY / 2 - 0.5);
  }
}
