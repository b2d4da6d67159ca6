package io.facepipeline.training.detector;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What YuNet (Wu et al., 2023) says of every cell of a view, not of its faces alone: the student
 * learns where the teacher hesitates, and how much. YuNet's cells are the student's. For one thread
 * at a time.
 */
final class TeacherMaps implements AutoCloseable {
  private static final int CHANNELS = 3;
  private static final int BOX = 4;

  private final OnnxModel model;
  private final Cells cells;
  private final long[] shape;
  private final FloatBuffer input;

  /** What the teacher says of a view. Immutable. */
  static final class Said {
    /** Of each cell, 0 to 1. */
    final float[] scores;

    /** x1, y1, x2, y2 of each cell in pixels of the view. */
    final float[] boxes;

    Said(float[] scores, float[] boxes) {
      this.scores = scores;
      this.boxes = boxes;
    }
  }

  /**
   * @param file YuNet for inputs of any size
   * @param side the width and height of views
   */
  TeacherMaps(Path file, int side) {
    cells = new Cells(side);
    shape = new long[] {1, CHANNELS, side, side};
    input =
        ByteBuffer.allocateDirect(Float.BYTES * CHANNELS * side * side)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    model = OnnxModel.load(file, OnnxOptions.defaults().withIntraOpThreads(1));
    if (!model.outputs().keySet().containsAll(Set.of("cls_8", "obj_8", "bbox_8"))) {
      model.close();
      throw new FacePipelineException(
          "the cells of a teacher are learned from YuNet alone, and "
              + file
              + " has the outputs "
              + model.outputs().keySet()
              + "; name yunet as the first --teacher");
    }
  }

  /** {@return what the teacher says of a view} */
  Said of(Image view) {
    byte[] rgb = view.unsafeRgb();
    int plane = rgb.length / CHANNELS;
    for (int c = 0; c < CHANNELS; c++) {
      // YuNet takes blue first.
      for (int at = 0, from = CHANNELS - 1 - c; at < plane; at++, from += CHANNELS) {
        input.put(c * plane + at, rgb[from] & 0xff);
      }
    }
    Map<String, float[]> said = model.run(input, shape);
    float[] scores = new float[cells.count()];
    float[] boxes = new float[BOX * cells.count()];
    int cell = 0;
    for (int stride : ScanNetwork.STRIDES) {
      float[] classes = Objects.requireNonNull(said.get("cls_" + stride));
      float[] objects = Objects.requireNonNull(said.get("obj_" + stride));
      float[] sides = Objects.requireNonNull(said.get("bbox_" + stride));
      for (int i = 0; i < classes.length; i++, cell++) {
        scores[cell] = (float) Math.sqrt(unit(classes[i]) * unit(objects[i]));
        float x = cells.x[cell] + sides[BOX * i] * stride;
        float y = cells.y[cell] + sides[BOX * i + 1] * stride;
        float width = (float) Math.exp(sides[BOX * i + 2]) * stride;
        float height = (float) Math.exp(sides[BOX * i + 3]) * stride;
        boxes[BOX * cell] = x - width / 2;
        boxes[BOX * cell + 1] = y - height / 2;
        boxes[BOX * cell + 2] = x + width / 2;
        boxes[BOX * cell + 3] = y + height / 2;
      }
    }
    return new Said(scores, boxes);
  }

  private static float unit(float value) {
    return Math.max(0, Math.min(1, value));
  }

  @Override
  public void close() {
    model.close();
  }
}
