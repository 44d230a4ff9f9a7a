using System.Net.Sockets;
using KubeSentiment.Caching.Redis;
using StackExchange.Redis;

namespace KubeSentiment.Tests.Caching;

/// <summary>What the client's exceptions are called.</summary>
public sealed class RedisErrorsTests
{
    [Fact]
    public void AbsenceOf_WrongPassword_IsNamed() =>
        RedisErrors.AbsenceOf(NoConnection(new RedisConnectionException(ConnectionFailureType.AuthenticationFailure, CommandFlags.None, "no"))).ShouldBe("authentication");

    [Fact]
    public void AbsenceOf_AHandshakeThatIsNotPermitted_IsNamed() =>
        RedisErrors.AbsenceOf(NoConnection(new RedisServerException(RedisErrorKind.ConnectionFault, CommandFlags.None, "SimpleError: NOPERM this user"))).ShouldBe("permission");

    [Fact]
    public void AbsenceOf_AServerThatLoads_IsNamed() =>
        RedisErrors.AbsenceOf(new RedisConnectionException(ConnectionFailureType.Loading, CommandFlags.None, "no")).ShouldBe("loading");

    [Fact]
    public void AbsenceOf_NobodyThere_IsThatAlone() =>
        RedisErrors.AbsenceOf(NoConnection(new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, "refused"))).ShouldBe("not_connected");

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.TryAgain)]
    public void AbsenceOf_ANameThatNobodyKnows_IsNamed(SocketError error) => RedisErrors.AbsenceOf(NoConnection(new RedisConnectionException(
        ConnectionFailureType.UnableToConnect, CommandFlags.None, "none", new SocketException((int)error)))).ShouldBe("unknown_host");

    [Fact]
    public void AbsenceOf_NothingTold_IsUnknown() =>
        RedisErrors.AbsenceOf(new RedisConnectionException(ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None, "none")).ShouldBeNull();

    private static RedisConnectionException NoConnection(Exception cause) =>
        new(ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None, "none", cause);
}
