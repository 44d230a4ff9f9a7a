using Confluent.Kafka;

namespace KubeSentiment.Streaming;

/// <summary>Tells what is wrong with a message, and what others have done, from what is wrong with the brokers.</summary>
internal static class Refusals
{
    /// <summary>Whether a broker that says so would say it of the same message again.</summary>
    public static bool IsRefusal(this ErrorCode code) => code
        is ErrorCode.InvalidTimestamp or ErrorCode.InvalidRecord or ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge;

    /// <summary>Whether it says that the group has moved on: nothing is wrong with Kafka.</summary>
    public static bool IsOthers(this ErrorCode code) => code
        is ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId
        or ErrorCode.FencedMemberEpoch or ErrorCode.StaleMemberEpoch;
}
