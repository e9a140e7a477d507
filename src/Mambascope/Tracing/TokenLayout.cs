namespace Mambascope.Tracing;

/// <summary>Places of an image's patches.</summary>
/// <param name="Rows">From top to bottom.</param>
/// <param name="Columns">From left to right.</param>
public sealed record TokenGrid(int Rows, int Columns);

/// <summary>What the tokens of a layer stand for; layers of a model that joins tokens between its stages differ in it.</summary>
/// <param name="Length">Tokens, L.</param>
/// <param name="Grid">Where the patches of an image lie, row by row; null for text and for series.</param>
/// <param name="ClassToken">The token that is no part of the input but collects the class, or null.</param>
public sealed record TokenLayout(int Length, TokenGrid? Grid = null, int? ClassToken = null)
{
    /// <summary>The tokens that stand for a part of the input: all but the class token.</summary>
    public IEnumerable<int> Shown => Enumerable.Range(0, Length).Where(t => t != ClassToken);
}
