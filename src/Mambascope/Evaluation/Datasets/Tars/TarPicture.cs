namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>A picture in a tar file, and the files that belong to it by their names.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Label">Its class, as text or in JSON, or null.</param>
/// <param name="Mask">Its mask, or null.</param>
internal readonly record struct TarPicture(TarMember Picture, TarMember? Label, TarMember? Mask);
