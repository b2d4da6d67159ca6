package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import java.util.List;

/** The architectures that come with the library. */
public final class BuiltInArchitectures {
  private static final List<Architecture> ALL =
      List.of(
          new FoamliuMobileFaceNet(),
          new MobileFaceNet(),
          new CompactNet(),
          new InceptionResnetV1(),
          ImprovedResidualNet.of50(false),
          ImprovedResidualNet.of101(false),
          ImprovedResidualNet.of152(false),
          ImprovedResidualNet.of50(true),
          ImprovedResidualNet.of101(true),
          ImprovedResidualNet.of152(true),
          ResidualNet.of50(),
          ResidualNet.of101(),
          ResidualNet.of152(),
          new LightCnn("LightCNN-9", LightCnn.Form.LAYERS_9),
          new LightCnn("LightCNN-29", LightCnn.Form.LAYERS_29),
          new LightCnn("LightCNN-29v2", LightCnn.Form.LAYERS_29_V2),
          new LightCnn("LightCNN-v4", LightCnn.Form.V4),
          new TorchvisionResNet50(),
          new AlexNet());

  private BuiltInArchitectures() {}

  /** {@return all of them} */
  public static List<Architecture> all() {
    return ALL;
  }
}
