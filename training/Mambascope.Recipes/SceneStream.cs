namespace Mambascope.Recipes;

/// <summary>
/// Labelled scenes by number. A function of the number alone, whatever the order and the thread:
/// <see cref="Evaluation.Datasets.FashionScenes.Render"/> is one.
/// </summary>
/// <param name="index">Number of the scene, from 0.</param>
/// <param name="pixels">Painted on: RGB bytes (56, 56, 3).</param>
/// <param name="mask">Set to 1 on the garment, else 0: (56, 56).</param>
/// <returns>The class to learn.</returns>
internal delegate int SceneStream(long index, Span<byte> pixels, Span<byte> mask);

/// <summary>Scenes that finished weights are measured on.</summary>
/// <param name="Words">What they are, after "test accuracy on N".</param>
/// <param name="Scenes">The scenes.</param>
/// <param name="Count">How many of them.</param>
internal sealed record SceneTest(string Words, SceneStream Scenes, int Count = 10_000);
