package io.facepipeline.detection.onestage;

import io.facepipeline.detection.work.DirectFloats;
import io.facepipeline.detection.work.Proposals;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one run works in; kept for the next. Not thread-safe. */
final class Scratch {
  final InputImage image;
  final DirectFloats input = new DirectFloats();

  /** What the network sees, in pixels of the input. */
  final Proposals candidates = new Proposals();

  /** The outputs by name, and their shapes. */
  final Map<String, FloatBuffer> outputs = new LinkedHashMap<>();

  final Map<String, long[]> shapes = new LinkedHashMap<>();

  /** The outputs in the order of {@link Heads#all}. */
  final FloatBuffer[] inOrder;

  private final Heads heads;
  private final DirectFloats[] memory;
  private int width;
  private int height;

  Scratch(Heads heads, InputImage image) {
    this.heads = heads;
    this.image = image;
    int count = heads.all.size();
    inOrder = new FloatBuffer[count];
    memory = new DirectFloats[count];
    for (int i = 0; i < count; i++) {
      memory[i] = new DirectFloats();
    }
  }

  /** Makes room for the outputs of an input of this size. */
  void prepare(int inputWidth, int inputHeight) {
    if (inputWidth == width && inputHeight == height) {
      return;
    }
    for (int i = 0; i < memory.length; i++) {
      Heads.Head head = heads.all.get(i);
      inOrder[i] = memory[i].room(heads.rows(i, inputWidth, inputHeight) * head.width());
      outputs.put(head.name(), inOrder[i]);
      shapes.put(head.name(), heads.shape(i, inputWidth, inputHeight));
    }
    width = inputWidth;
    height = inputHeight;
  }
}
