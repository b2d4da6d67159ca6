// A service over HTTP: enrolls people, names faces and compares two photos; answers in JSON.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=FaceServer
// Then: curl -F photo=@ada_1.jpg localhost:7070/people/ada (or /identify; two photos for /verify)
package io.facepipeline.examples;

import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ReadOptions;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.models.DefaultModels;
import io.javalin.Javalin;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.UploadedFile;
import java.util.List;
import java.util.Map;

public final class FaceServer {
  private static final ReadOptions LIMITS =
      ReadOptions.defaults().withMaxEncodedBytes(10 << 20).withMaxPixels(25_000_000);

  private FaceServer() {}

  public static void main(String[] args) {
    FacePipeline faces = // one for the whole server: thread-safe
        FacePipeline.builder()
            .embedder(() -> DefaultModels.embedder(EmbedderOptions.defaults().withThreads(1)))
            .parallelism(1) // requests are parallel already
            .build();
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.events.serverStopped(faces::close);
              config.routes.post(
                  "/people/{name}",
                  http ->
                      http.json(faces.enroll(http.pathParam("name"), photo(http, 0)).quality()));
              config.routes.post("/identify", http -> http.json(faces.identify(photo(http, 0))));
              config.routes.post(
                  "/verify", http -> http.json(faces.verify(photo(http, 0), photo(http, 1))));
              config.routes.exception(
                  FacePipelineException.class, // no picture, no face, several faces
                  (e, http) -> http.status(422).json(Map.of("error", e.getMessage())));
            });
    server.start("localhost", args.length > 0 ? Integer.parseInt(args[0]) : 7070);
    System.out.println("listening on http://localhost:" + server.port());
  }

  private static Image photo(Context http, int index) {
    List<UploadedFile> files = http.uploadedFiles("photo");
    if (index >= files.size()) {
      throw new BadRequestResponse("send " + (index + 1) + " files named photo as a form");
    }
    return Image.read(files.get(index).content(), LIMITS);
  }
}
