namespace Mambascope.Inputs.Images;

/// <summary>The interpolation of a resize. Values are PIL's, as <c>resample</c> in a preprocessor_config.json holds them.</summary>
public enum ResizeFilter
{
    /// <summary>Triangle, one source pixel to each side at scale 1.</summary>
    Bilinear = 2,

    /// <summary>Keys' cubic with a = -1/2, two source pixels to each side at scale 1.</summary>
    Bicubic = 3,
}
