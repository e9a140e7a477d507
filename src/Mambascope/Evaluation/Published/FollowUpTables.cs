namespace Mambascope.Evaluation.Published;

/// <summary>The follow-up papers' figures. What is not known here is not in a table, and said in words.</summary>
internal static class FollowUpTables
{
    private const string Attribution = "attribution";
    private const string AuAc = "auac";
    private const string AuMse = "au_mse";
    private const string DeltaAf = "delta_af";
    private const string HiddenAttention = "hidden attention";
    private const string OfTransformers = "transformer-attribution";

    /// <summary>Segmentation with the unified implicit attention.</summary>
    internal static FollowUpTable UnifiedAttention { get; } = new(
        "Unified implicit attention (Zimerman, Ali, Wolf, ICLR 2025): ImageNet-Segmentation, Vim-S",
        "a comment in the released segmentation script, of about the first 230 pictures; the paper's tables are not known here",
        "The released code leaves the skip D and the bias of the convolution out of the matrix, takes layers from 15 of 24 on and is "
            + "one place off in the middle token's row; mode exact has all of the mixer. Ours: the first 230 pictures, forms as named.",
        [
            new("Vim-S", "implicit attention", Attribution, "pixel_accuracy", 0.7089),
            new("Vim-S", "implicit attention", Attribution, "mean_average_precision", 0.7627),
            new("Vim-S", "implicit attention", Attribution, "mean_iou", 0.4980),
        ])
    {
        First = 230,
    };

    /// <summary>Faithfulness of MambaLRP on text.</summary>
    internal static FollowUpTable MambaLrp { get; } = new(
        "MambaLRP (Jafari, Montavon, Mueller, Eberle, 2024): delta A^F, area between deletion curves, higher is better",
        "a second-hand listing, not read in the paper; its hidden-attention baseline is not described there, and ImageNet has 2.427 "
            + "for the baseline alone",
        "The paper's models are classifiers trained on each data set; here a language model chooses among words after a prompt, and the "
            + "score is that of the word (several tokens: their log-likelihood). Scales of scores differ, so compare methods, not figures. "
            + "Which tokens stood in for removed ones is not known; here they are dropped unless --substitute says otherwise.",
        [
            new("sst-2", "MambaLRP", "mamba-lrp", DeltaAf, 1.157), new("sst-2", HiddenAttention, Attribution, DeltaAf, 0.341),
            new("med-bios", "MambaLRP", "mamba-lrp", DeltaAf, 7.083), new("med-bios", HiddenAttention, Attribution, DeltaAf, 5.326),
            new("snli", "MambaLRP", "mamba-lrp", DeltaAf, 0.989), new("snli", HiddenAttention, Attribution, DeltaAf, 0.554),
            new("emotion", "MambaLRP", "mamba-lrp", DeltaAf, 5.637), new("emotion", HiddenAttention, Attribution, DeltaAf, 4.706),
        ]);

    /// <summary>Activation and pruning on ARC-Easy.</summary>
    internal static FollowUpTable ArcEasy { get; } = new(
        "The Hidden Attention of Mamba Models (ACL 2025), ARC-Easy, zero-shot: AUAC (higher is better) and AU-MSE (lower is better)",
        "Ali, Zimerman, Wolf, ACL 2025",
        "The prompt, what stands in for a removed token and how the answers are scored are not said in the paper. Here: Question and "
            + "Answer in lines of their own, --substitute (an embedding of zeros by default), log-likelihood of each answer.",
        [
            new("mamba-1.3b", "Mamba-Attribution", Attribution, AuAc, 0.915),
            new("mamba-1.3b", "Mamba-Attribution", Attribution, AuMse, 1.765),
            new("pythia-1.4b", "Transformer-Attribution", OfTransformers, AuAc, 0.909),
            new("pythia-1.4b", "Transformer-Attribution", OfTransformers, AuMse, 1.832),
            new("mamba-2.8b", "Mamba-Attribution", Attribution, AuAc, 0.918),
            new("mamba-2.8b", "Mamba-Attribution", Attribution, AuMse, 1.239),
            new("pythia-2.8b", "Transformer-Attribution", OfTransformers, AuAc, 0.920),
            new("pythia-2.8b", "Transformer-Attribution", OfTransformers, AuMse, 1.255),
            new("mamba2-130m", "Mamba-Attribution", Attribution, AuAc, 0.872),
            new("mamba2-130m", "Mamba-Attribution", Attribution, AuMse, 2.456),
            new("mamba2-790m", "Mamba-Attribution", Attribution, AuAc, 0.885),
            new("mamba2-790m", "Mamba-Attribution", Attribution, AuMse, 2.103),
        ]);
}
