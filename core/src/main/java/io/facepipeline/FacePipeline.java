package io.facepipeline;
/** Placeholder. */
public final class FacePipeline { private FacePipeline() {} }
