package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import java.util.List;
import java.util.stream.Stream;

/** The architectures that come with the library. */
public final class BuiltInArchitectures {
  private static final List<ImageNetwork> IMAGE_NETWORKS =
      List.of(
          ResidualTrunk.of18(),
          ResidualTrunk.of34(),
          ResidualTrunk.of50(),
          ResidualTrunk.of101(),
          ResidualTrunk.grouped50(),
          ResidualTrunk.excited50(),
          DenseNet.of121(),
          MobileNetV2.network(),
          ShuffleNetV2.network(),
          Vgg.of16(false),
          Vgg.of16(true),
          DualPathNet.of68(),
          AlexNet.network());

  private static final List<Architecture> FACE_NETWORKS =
      List.of(
          new FoamliuMobileFaceNet(),
          new MobileFaceNet(),
          new MobileFaceNet96(),
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
          new GhostNet(),
          AttentionNet.of56(),
          AttentionNet.of92(),
          new LightCnn("LightCNN-9", LightCnn.Form.LAYERS_9),
          new LightCnn("LightCNN-29", LightCnn.Form.LAYERS_29),
          new LightCnn("LightCNN-29v2", LightCnn.Form.LAYERS_29_V2),
          new LightCnn("LightCNN-v4", LightCnn.Form.V4));

  private static final List<Architecture> ALL =
      Stream.of(
              FACE_NETWORKS.stream(),
              EdgeFace.forms().stream(),
              IMAGE_NETWORKS.stream(),
              IMAGE_NETWORKS.stream().map(ImageNetwork::embedding))
          .<Architecture>flatMap(networks -> networks)
          .toList();

  private BuiltInArchitectures() {}

  /** {@return all of them} */
  public static List<Architecture> all() {
    return ALL;
  }
}
