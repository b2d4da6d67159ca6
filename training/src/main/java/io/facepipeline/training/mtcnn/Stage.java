package io.facepipeline.training.mtcnn;

/** One of the three networks. */
enum Stage {
  /** Proposes: [n, 3, h, w] to maps of class and box. */
  PNET("pnet", 12, false),
  /** Refines: [n, 3, 24, 24] to class and box. */
  RNET("rnet", 24, false),
  /** Outputs: [n, 3, 48, 48] to class, box and landmarks. */
  ONET("onet", 48, true);

  private final String id;
  private final int side;
  private final boolean hasLandmarks;

  Stage(String id, int side, boolean hasLandmarks) {
    this.id = id;
    this.side = side;
    this.hasLandmarks = hasLandmarks;
  }

  /** {@return the name in file names} */
  String id() {
    return id;
  }

  /** {@return the side of its crops in pixels} */
  int side() {
    return side;
  }

  /** {@return whether it gives landmarks} */
  boolean hasLandmarks() {
    return hasLandmarks;
  }
}
