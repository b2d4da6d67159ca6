package io.facepipeline.training.mtcnn;

/** One of the three networks. */
enum Stage {
  /** Proposes: [n, 3, h, w] to maps of class and box. */
  PNET("pnet", 12, "conv4_1.bias"),
  /** Refines: [n, 3, 24, 24] to class and box. */
  RNET("rnet", 24, "dense5_1.bias"),
  /** Outputs: [n, 3, 48, 48] to class, box and landmarks. */
  ONET("onet", 48, "dense6_1.bias");

  private final String id;
  private final int side;
  private final String classBias;

  Stage(String id, int side, String classBias) {
    this.id = id;
    this.side = side;
    this.classBias = classBias;
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
    return this == ONET;
  }

  /** {@return the parameter whose second number is added to the score of a face} */
  String classBias() {
    return classBias;
  }
}
