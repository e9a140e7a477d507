using System.Collections.ObjectModel;
using Mambascope.Inputs.Images;

namespace Mambascope.Evaluation.Datasets;

/// <summary>One picture of a data set with what is known about it.</summary>
/// <param name="Id">Stable name, unique in its data set.</param>
/// <param name="Image">The picture as stored, before any preprocessing.</param>
/// <param name="Label">Index of its class, or null.</param>
/// <param name="Mask">(height, width) of the picture: 1 on the object, else 0; or null.</param>
public sealed record DatasetImage(string Id, RgbImage Image, int? Label, byte[]? Mask)
{
    /// <summary>Where a picture shows two objects: class of the other one.</summary>
    public int? OtherLabel { get; init; }

    /// <summary>
    /// Where a picture shows two objects: (height, width), 1 on the other one, else 0. Never overlaps <see cref="Mask"/>.
    /// </summary>
    public byte[]? OtherMask { get; init; }

    /// <summary>
    /// Where something stands, or may stand, that can be read in the object's stead: a mark, a ruler, a label. (height, width), 1 there,
    /// else 0; null where nobody said.
    /// </summary>
    public byte[]? Mark { get; init; }

    /// <summary>Hash of everything that is known of it, its pixels first.</summary>
    internal string Fingerprint()
    {
        using var hash = new Fingerprint();
        hash.Add(Image.Width).Add(Image.Height).Add(Image.Pixels).Add(Label).Add(Mask ?? []).Add(OtherLabel).Add(OtherMask ?? []);
        if (Mark is not null)
        {
            hash.Add(Mark); // not without one, so that hashes of other pictures stay what they were
        }

        return hash.ToString();
    }

    /// <summary>The user's own columns for this picture, by their header; empty without a columns file.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
