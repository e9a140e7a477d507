namespace Mambascope.Evaluation.Results;

/// <summary>Cases of a part of a run that follow each other in the data: those of a whole file.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct CaseBlock(int First, int Count)
{
    /// <summary>The files of a part: every <paramref name="parts"/>th, from number <paramref name="part"/> on.</summary>
    /// <param name="sizes">Cases in each file; null where cases do not lie in files.</param>
    /// <param name="part">The part, from 0.</param>
    /// <param name="parts">Parts in all.</param>
    /// <returns>Null where there are fewer files than parts, or one part only: then cases are dealt out one by one.</returns>
    internal static IReadOnlyList<CaseBlock>? Of(IReadOnlyList<int>? sizes, int part, int parts)
    {
        if (sizes is null || parts == 1 || sizes.Count < parts)
        {
            return null;
        }

        var (blocks, first) = (new List<CaseBlock>(), 0);
        for (var file = 0; file < sizes.Count; file++)
        {
            if (file % parts == part)
            {
                blocks.Add(new(first, sizes[file]));
            }

            first += sizes[file];
        }

        return blocks;
    }
}
