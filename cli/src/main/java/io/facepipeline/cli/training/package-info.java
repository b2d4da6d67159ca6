/** Training a classifier. */
@NullMarked
package io.facepipeline.cli.training;

import org.jspecify.annotations.NullMarked;
