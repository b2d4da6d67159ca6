/** For the module path. On the class path it does nothing, and can be left out. */
module com.example.team {
  requires io.facepipeline.models;
}
