namespace Mambascope.Evaluation.Datasets;

/// <summary>How fashion scenes are painted.</summary>
public enum SceneStyle
{
    /// <summary>A garment that stands out of a smooth background by its colours.</summary>
    Plain,

    /// <summary>
    /// A garment, large ones included, before shuffled pieces of itself in its own tint: a map that knows colours only does not find it.
    /// </summary>
    Hard,
}
