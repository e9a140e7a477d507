namespace Mambascope.Models;

/// <summary>What llama.cpp's converter did to a tensor, and is undone here.</summary>
internal enum GgufChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An axis of one was squeezed out: (E, K) becomes (E, 1, K) again.</summary>
    SqueezedMiddle,

    /// <summary>A vector got another shape, such as (H, 1) or (G, E / G): it becomes one axis.</summary>
    Reshaped,

    /// <summary>A = -exp(A_log) was stored: A_log = log(-A); as many axes as a matrix has where there is more than one column.</summary>
    DecayOfLog,

    /// <summary>Rows of q, k and v, interleaved by head in the original, were sorted into all q, all k, all v.</summary>
    SortedByKind,

    /// <summary>Rows of every query head were interleaved for another order of rotation pairs.</summary>
    TurnedQueries,

    /// <summary>The same for key heads.</summary>
    TurnedKeys,
}

/// <summary>One line of an architecture's table: a tensor of Hugging Face's release and where it is in a GGUF file.</summary>
/// <param name="To">Hugging Face's name; {i} stands for the layer.</param>
/// <param name="From">Names in the file: one, but for matrices that were cut into equal ones, whose rows follow each other.</param>
/// <param name="Change">What was done to it.</param>
internal sealed record GgufRule(string To, string[] From, GgufChange Change = GgufChange.None)
{
    public GgufRule(string to, string from, GgufChange change = GgufChange.None)
        : this(to, [from], change)
    {
    }
}
