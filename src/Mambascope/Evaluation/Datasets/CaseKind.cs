namespace Mambascope.Evaluation.Datasets;

/// <summary>What a data set consists of, and what it is called in words and files.</summary>
public sealed record CaseKind
{
    private CaseKind(string name, string answer) => (Name, Answer) = (name, answer);

    /// <summary>Pictures, each with its class.</summary>
    public static CaseKind Picture { get; } = new("image", "class");

    /// <summary>Texts, each asking for the token that comes next.</summary>
    public static CaseKind Question { get; } = new("question", "token");

    /// <summary>Series or rows of a table, each with its class.</summary>
    public static CaseKind Measurement { get; } = new("case", "class");

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<CaseKind> All { get; } = [Picture, Question, Measurement];

    /// <summary>One of them in words and files.</summary>
    public string Name { get; }

    /// <summary>Several of them.</summary>
    public string Plural => Name + "s";

    /// <summary>What a model answers to one, and what is explained: a class, a token.</summary>
    public string Answer { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
