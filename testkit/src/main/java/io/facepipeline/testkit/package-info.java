/**
 * What the tests of several modules share. Not published, and like test code not checked for nulls.
 */
package io.facepipeline.testkit;
