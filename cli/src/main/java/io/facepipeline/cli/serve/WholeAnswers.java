package io.facepipeline.cli.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Hands each answer over whole once it is complete, so that no thread waits for whoever reads it
 * slowly. Jetty's own buffering passes on what is larger than its buffer.
 */
final class WholeAnswers extends Handler.Wrapper {
  WholeAnswers(Handler handler) {
    super(handler);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return super.handle(request, new Collected(request, response), callback);
  }

  private static final class Collected extends Response.Wrapper {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    Collected(Request request, Response response) {
      super(request, response);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback callback) {
      if (content != null) {
        byte[] part = new byte[content.remaining()];
        content.get(part);
        written.writeBytes(part);
      }
      if (last) {
        super.write(true, ByteBuffer.wrap(written.toByteArray()), callback);
      } else {
        callback.succeeded();
      }
    }

    @Override
    public void reset() {
      written.reset();
      super.reset();
    }
  }
}
