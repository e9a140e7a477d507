namespace Mambascope.Inputs.Text;

/// <summary>What becomes of the places where a text is cut, by the names of <c>tokenizer.json</c>.</summary>
internal enum SplitBehavior
{
    /// <summary>Each is a part of its own.</summary>
    Isolated,

    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Neighbours of the same kind stay together.</summary>
    Contiguous,

    /// <summary>Each ends the part before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the part after it.</summary>
    MergedWithNext,
}
