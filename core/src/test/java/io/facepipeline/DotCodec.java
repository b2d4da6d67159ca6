package io.facepipeline;

import io.facepipeline.spi.ImageCodec;

/**
 * A codec for tests: files of "DOT" and three bytes, the color of the only pixel. "DOTOOM" is too
 * much for it.
 */
public final class DotCodec implements ImageCodec {
  @Override
  public int priority() {
    return 10;
  }

  @Override
  public boolean canDecode(byte[] header) {
    boolean dot = header.length == 6 && header[0] == 'D' && header[1] == 'O' && header[2] == 'T';
    header[0] = 0;
    return dot;
  }

  @Override
  public Image decode(byte[] encoded, ReadOptions options, String name) {
    if (encoded[3] == 'O' && encoded[4] == 'O' && encoded[5] == 'M') {
      throw new OutOfMemoryError("Java heap space");
    }
    return Image.ofRgb(1, 1, new byte[] {encoded[3], encoded[4], encoded[5]});
  }
}
