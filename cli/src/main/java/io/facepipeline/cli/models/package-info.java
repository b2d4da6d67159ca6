/** Commands about model files. */
@NullMarked
package io.facepipeline.cli.models;

import org.jspecify.annotations.NullMarked;
