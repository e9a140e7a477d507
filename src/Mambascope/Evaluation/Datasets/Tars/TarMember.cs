namespace Mambascope.Evaluation.Datasets.Tars;

/// <summary>A file inside a tar file.</summary>
/// <param name="Name">Relative, with /, without <c>./</c> in front.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Size">How many there are.</param>
internal readonly record struct TarMember(string Name, long Offset, long Size);
